"""What `track-skills doctor` looks at: each module is a stretch of the way from the switch to the stored event."""
