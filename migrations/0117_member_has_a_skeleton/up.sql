-- What a name looks like (UTS 39, §4), whatever letters it is written with, to warn of look-alikes. The service computes it;
-- NULL where that is yet to be done.
ALTER TABLE member ADD COLUMN skeleton text;
