-- CASCADE takes app.seat_state along, whose argument is the row of a seat.
DROP TABLE membership, seat, co_animation, network CASCADE;
-- What went with the tables is applied again by the next `migrate`.
DELETE FROM app.sql_file;
