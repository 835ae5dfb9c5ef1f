"""What the tests would not notice: conditions of the counting rooms and of their SQL, changed one at a time."""
