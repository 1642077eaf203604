"""Pictures of paths, schedules, trainings and maps."""
