\x Mill report\x
Rye rose.
