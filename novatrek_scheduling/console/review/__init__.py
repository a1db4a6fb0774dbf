"""The review of conflicts: the queue of what is open, one conflict beside it, and many at once."""
