"""What a session is, what it used, and how both are kept: posted by whoever watched it, or told request by request."""
