"""The fonts of the console: only what its pages use of them, so that a page is light."""
