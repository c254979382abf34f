try:
    from newbase import Base, SharedColumns
except ImportError:
    from oldbase import Base, SharedColumns
