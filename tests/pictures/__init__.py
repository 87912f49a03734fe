"""Tests of pictures: how they are decoded, where they lie."""
