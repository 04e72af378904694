#![no_main]
sepiola_fuzz::target!("format", disk::fuzz::format);
