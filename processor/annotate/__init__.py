"""Lossless annotation of workbooks: results, notes and marks go into the package's XML, the rest stays as it was."""

from .fresh import fresh
from .plan import CannotAnnotate, Form, Link, Plan, SheetPlan, Summary, own_columns, plan_from_json
from .writer import annotate, main_annotate

__all__ = [
    "CannotAnnotate",
    "Form",
    "Link",
    "Plan",
    "SheetPlan",
    "Summary",
    "annotate",
    "fresh",
    "main_annotate",
    "own_columns",
    "plan_from_json",
]
