//! `structseqs!`: struct sequence types that are made at first use.

/// Declares a function that makes an instance of a struct sequence type; the type is made
/// at first use.
macro_rules! structseqs {
    ($($name:ident $full:literal $doc:literal $visible:literal [$($field:literal $about:literal),* $(,)?];)*) => { $(
        #[doc = concat!("The type `", $full, "`.")]
        pub fn $name(py: krait_object::Py) -> &'static krait_object::Type {
            static CELL: krait_object::GilCell<std::cell::OnceCell<&'static krait_object::Type>> =
                krait_object::GilCell::new(std::cell::OnceCell::new());
            CELL.get(py).get_or_init(|| {
                krait_object::types::structseq::make_type(krait_object::types::structseq::Description {
                    name: $full,
                    doc: $doc,
                    fields: &[$(($field, $about)),*],
                    visible: $visible,
                    constructible: true,
                })
            })
        }
    )* };
}
