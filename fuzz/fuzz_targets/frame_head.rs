#![no_main]
sepiola_fuzz::target!("frame_head", disk::fuzz::frame_head);
