"""Conditions of cameras and how each camera stands, in SQL."""
