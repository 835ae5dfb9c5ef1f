"""What changes the counts afterwards: rolling up what waits, expiring what is old, erasing whoever asks for it."""
