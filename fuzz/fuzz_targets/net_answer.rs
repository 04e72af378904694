#![no_main]
sepiola_fuzz::target!("net_answer", net::fuzz::answer);
