#![no_main]
sepiola_fuzz::target!("commit", disk::fuzz::commit);
