"""The seven simulated siblings: one process that implements their contracts on the seeded world."""
