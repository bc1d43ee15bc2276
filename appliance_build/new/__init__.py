"""`make new`: a repository of an organiser's own, which this project builds as its engine."""
