"""What a site is governed by, as data: registers, packs with their clauses and dated figures, checked when loaded."""
