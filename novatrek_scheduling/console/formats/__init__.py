"""How the console spells dates and times."""
