"""The rule book in Excel: what is in force, what is proposed and by whom it is approved, and clauses of the site's own."""
