#![no_main]
sepiola_fuzz::target!("net_frames", net::fuzz::frames);
