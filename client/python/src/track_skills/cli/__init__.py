"""The command `track-skills`: a verb is a module of this package. Recording never imports it."""
