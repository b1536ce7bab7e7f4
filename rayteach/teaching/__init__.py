"""For teachers: make, build, check and grade a course (docs/teaching.md)."""
