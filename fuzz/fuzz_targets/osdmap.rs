#![no_main]
sepiola_fuzz::target!("osdmap", osdmap::fuzz::map);
