"""Mutated workbooks against the reader and the writer; `python -m benchmarks.fuzz --help`."""
