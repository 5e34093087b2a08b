//! OpenSSL's names for what rustls reports.

use krait_tls::rustls::{AlertDescription as Alert, Error, InvalidMessage, PeerIncompatible};

/// The reason's name and its text.
pub fn of(error: &Error) -> (String, String) {
    let known = match error {
        Error::AlertReceived(alert) => alert_reason(*alert),
        Error::InvalidMessage(
            InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion,
        ) => Some("WRONG_VERSION_NUMBER"),
        Error::PeerIncompatible(incompatible) => incompatible_reason(incompatible),
        Error::PeerMisbehaved(_) | Error::InvalidMessage(_) => None,
        Error::NoCertificatesPresented => Some("PEER_DID_NOT_RETURN_A_CERTIFICATE"),
        Error::DecryptError => Some("DECRYPTION_FAILED_OR_BAD_RECORD_MAC"),
        Error::PeerSentOversizedRecord => Some("PACKET_LENGTH_TOO_LONG"),
        Error::NoApplicationProtocol => Some("NO_APPLICATION_PROTOCOL"),
        // A server without a certificate has no suite to offer.
        Error::General(text) if text.contains("no server certificate") => Some("NO_SHARED_CIPHER"),
        Error::General(text) if text.contains("no usable cipher suites") => {
            Some("NO_CIPHERS_AVAILABLE")
        }
        _ => None,
    };
    match known {
        Some(reason) => (reason.to_owned(), words(reason)),
        None => {
            let text = error.to_string();
            (
                text.to_ascii_uppercase().replace([' ', ':', '(', ')'], "_"),
                text,
            )
        }
    }
}

fn words(reason: &str) -> String {
    let text = reason.to_ascii_lowercase().replace('_', " ");
    match text.split_once(' ') {
        Some(("sslv3", rest)) if rest.starts_with("alert") => format!("ssl/tls {rest}"),
        _ => text,
    }
}

fn incompatible_reason(incompatible: &PeerIncompatible) -> Option<&'static str> {
    Some(match incompatible {
        PeerIncompatible::NoCipherSuitesInCommon => "NO_SHARED_CIPHER",
        PeerIncompatible::NoKxGroupsInCommon => "NO_SUITABLE_KEY_SHARE",
        PeerIncompatible::NoSignatureSchemesInCommon
        | PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon => {
            "NO_SHARED_SIGNATURE_ALGORITHMS"
        }
        PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
        | PeerIncompatible::SupportedVersionsExtensionRequired => "UNSUPPORTED_PROTOCOL",
        _ if format!("{incompatible:?}").starts_with("Tls1") => "UNSUPPORTED_PROTOCOL",
        _ => return None,
    })
}

fn alert_reason(alert: Alert) -> Option<&'static str> {
    Some(match alert {
        Alert::UnexpectedMessage => "SSLV3_ALERT_UNEXPECTED_MESSAGE",
        Alert::BadRecordMac => "SSLV3_ALERT_BAD_RECORD_MAC",
        Alert::DecryptionFailed => "TLSV1_ALERT_DECRYPTION_FAILED",
        Alert::RecordOverflow => "TLSV1_ALERT_RECORD_OVERFLOW",
        Alert::DecompressionFailure => "SSLV3_ALERT_DECOMPRESSION_FAILURE",
        Alert::HandshakeFailure => "SSLV3_ALERT_HANDSHAKE_FAILURE",
        Alert::NoCertificate => "SSLV3_ALERT_NO_CERTIFICATE",
        Alert::BadCertificate => "SSLV3_ALERT_BAD_CERTIFICATE",
        Alert::UnsupportedCertificate => "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
        Alert::CertificateRevoked => "SSLV3_ALERT_CERTIFICATE_REVOKED",
        Alert::CertificateExpired => "SSLV3_ALERT_CERTIFICATE_EXPIRED",
        Alert::CertificateUnknown => "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        Alert::IllegalParameter => "SSLV3_ALERT_ILLEGAL_PARAMETER",
        Alert::UnknownCA => "TLSV1_ALERT_UNKNOWN_CA",
        Alert::AccessDenied => "TLSV1_ALERT_ACCESS_DENIED",
        Alert::DecodeError => "TLSV1_ALERT_DECODE_ERROR",
        Alert::DecryptError => "TLSV1_ALERT_DECRYPT_ERROR",
        Alert::ProtocolVersion => "TLSV1_ALERT_PROTOCOL_VERSION",
        Alert::InsufficientSecurity => "TLSV1_ALERT_INSUFFICIENT_SECURITY",
        Alert::InternalError => "TLSV1_ALERT_INTERNAL_ERROR",
        Alert::InappropriateFallback => "TLSV1_ALERT_INAPPROPRIATE_FALLBACK",
        Alert::UserCanceled => "TLSV1_ALERT_USER_CANCELLED",
        Alert::NoRenegotiation => "TLSV1_ALERT_NO_RENEGOTIATION",
        Alert::MissingExtension => "TLSV13_ALERT_MISSING_EXTENSION",
        Alert::UnsupportedExtension => "TLSV1_UNSUPPORTED_EXTENSION",
        Alert::CertificateUnobtainable => "TLSV1_CERTIFICATE_UNOBTAINABLE",
        Alert::UnrecognisedName => "TLSV1_UNRECOGNIZED_NAME",
        Alert::BadCertificateStatusResponse => "TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE",
        Alert::BadCertificateHashValue => "TLSV1_BAD_CERTIFICATE_HASH_VALUE",
        Alert::UnknownPSKIdentity => "TLSV1_ALERT_UNKNOWN_PSK_IDENTITY",
        Alert::CertificateRequired => "TLSV13_ALERT_CERTIFICATE_REQUIRED",
        Alert::NoApplicationProtocol => "TLSV1_ALERT_NO_APPLICATION_PROTOCOL",
        _ => return None,
    })
}
