"""Plans as pages: values in, one self-contained page of HTML out."""
