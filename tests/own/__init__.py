"""What the tests of an organiser's own repository are given; `plugin` has the fixtures."""
