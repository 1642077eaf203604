"""Paths: one optimizer on one surface, and sweeps of many."""
