"""What reports need to know of any number of events, small, mergeable and exact. Pure: no database, no clock."""
