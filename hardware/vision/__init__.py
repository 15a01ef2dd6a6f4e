"""Faces in pictures: found, judged, compared, challenged. Models and their runtime load on first use."""
