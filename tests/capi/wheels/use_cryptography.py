from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.asymmetric import rsa, ec, padding, ed25519
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
k = Fernet.generate_key(); f = Fernet(k); t = f.encrypt(b"secret"); print(f.decrypt(t))
try:
    f.decrypt(b"bad")
except InvalidToken as e:
    print("InvalidToken")
d = hashes.Hash(hashes.SHA256()); d.update(b"abc"); print(d.finalize().hex())
h = hmac.HMAC(b"key", hashes.SHA256()); h.update(b"m"); print(h.finalize().hex())
c = Cipher(algorithms.AES(b"0" * 16), modes.CBC(b"1" * 16)).encryptor()
print((c.update(b"a" * 16) + c.finalize()).hex())
print(PBKDF2HMAC(hashes.SHA256(), 32, b"salt", 1000).derive(b"pw").hex())
key = ec.generate_private_key(ec.SECP256R1())
sig = key.sign(b"data", ec.ECDSA(hashes.SHA256())); key.public_key().verify(sig, b"data", ec.ECDSA(hashes.SHA256()))
ed = ed25519.Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
print(ed.sign(b"x").hex()[:40], ed.public_key().public_bytes_raw().hex())
pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
print(pem[:27], type(serialization.load_pem_private_key(pem, None)).__name__)
try:
    algorithms.AES(b"short")
except ValueError as e:
    print(e)
