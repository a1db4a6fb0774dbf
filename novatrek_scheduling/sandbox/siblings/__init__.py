"""The seven siblings, simulated: one process that answers after their contracts from the seeded world."""
