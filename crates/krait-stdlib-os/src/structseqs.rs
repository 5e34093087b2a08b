//! `structseqs!`: struct sequence types that are made at first use.

/// Declares functions that give struct sequence types, which are made at first use;
/// `extend f` lets `f` add to the type.
macro_rules! structseqs {
    ($($name:ident $full:literal $doc:literal $visible:literal [$($field:literal $about:literal),* $(,)?] $(extend $extend:path)?;)*) => { $(
        #[doc = concat!("The type `", $full, "`.")]
        pub fn $name(py: krait_object::Py) -> &'static krait_object::Type {
            static CELL: krait_object::GilCell<std::cell::OnceCell<&'static krait_object::Type>> =
                krait_object::GilCell::new(std::cell::OnceCell::new());
            CELL.get(py).get_or_init(|| {
                krait_object::types::structseq::make_type_with(krait_object::types::structseq::Description {
                    name: $full,
                    doc: $doc,
                    fields: &[$(($field, $about)),*],
                    visible: $visible,
                    constructible: true,
                }, |builder| {
                    builder.mutable();
                    $($extend(builder);)?
                })
            })
        }
    )* };
}
