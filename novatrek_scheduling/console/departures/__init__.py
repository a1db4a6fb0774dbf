"""The panel of one departure: what is known of it, and every change that a person may make to it."""
