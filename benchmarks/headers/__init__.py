"""How well the meaning of headers that staff wrote themselves is proposed, on header rows found in public."""
