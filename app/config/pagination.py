"""How lists are cut into pages."""

from rest_framework.pagination import PageNumberPagination


class Pagination(PageNumberPagination):
    """Twenty rows a page unless the client asks for another number, up to a hundred."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100
