"""Publishing: what people would be told, what stands against it, and the confirmations that it takes."""
