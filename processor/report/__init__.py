"""Writes what a batch says: one module an output, each from the same snapshot."""
