"""The board: a date with its departures, what is wrong with them, and who leads them."""
