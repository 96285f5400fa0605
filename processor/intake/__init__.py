"""From a delivered file to canonical tables: guard, read, recognise, convert."""
