"""Pictures: what is known of them in SQL, their pixels in an object store."""
