"""What makes tables, comparisons and pictures out of declarations."""
