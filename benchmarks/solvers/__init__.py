"""The solver and its rivals, each in a process of its own, on days and requests made from seeds."""
