"""Random worlds: everything that may change changes in any order, and what a dispatcher relies on holds after it."""
