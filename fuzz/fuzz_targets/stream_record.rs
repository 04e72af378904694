#![no_main]
sepiola_fuzz::target!("stream_record", store::fuzz::stream_record);
