"""Learning-rate schedules: by hand, and through the library."""
