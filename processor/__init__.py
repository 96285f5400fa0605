"""Spreadsheet-driven batch processor: registers in, decisions, annotated workbooks, pages and deduction sheets out."""

__version__ = "0.1.0"
