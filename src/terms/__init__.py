"""What the whole house agrees on: its words, its limits, its errors, its calendar and the clock in a key."""
