"""A meeting of several parties over issues that one department cannot settle (联席会议)."""
