//! The store on SQLite: one file, one owner, WAL with `synchronous=FULL`, one writer connection.
